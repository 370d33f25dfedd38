"""What the process from which the workers of fault tests are forked has ready: the hub, mapped, and their own code."""

import worker
from hub import app, models
from hub.core.db import Base
from tests.flows import (
    arrivals_worker,
    erasure_worker,
    export_worker,
    import_worker,
    mail_processes,
    outbox_worker,
    phone_worker,
    plan_move_worker,
    plans_worker,
    questionnaire_worker,
    waves_worker,
)

STOCK = (
    worker,
    app,
    models,
    arrivals_worker,
    erasure_worker,
    export_worker,
    import_worker,
    mail_processes,
    outbox_worker,
    phone_worker,
    plan_move_worker,
    plans_worker,
    questionnaire_worker,
    waves_worker,
)

Base.registry.configure()
