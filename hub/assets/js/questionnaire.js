// A ranking: buttons move a line up or down and number all lines; without script each line has its list of places.
const name_of = (line) => line.querySelector("label").textContent.trim();

function number_lines(list) {
  [...list.children].forEach((line, place) => { line.querySelector("select").value = String(place + 1); });
}

function move(list, line, step, said) {
  const lines = [...list.children];
  const target = lines.indexOf(line) + step;
  if (lines[target]) list.insertBefore(line, step < 0 ? lines[target] : lines[target].nextSibling);
  number_lines(list);
  said.textContent = `${name_of(line)} : ${[...list.children].indexOf(line) + 1}`;
}

function add_button(list, line, step, words, sign, said) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = sign;
  button.setAttribute("aria-label", `${words} : ${name_of(line)}`);
  button.addEventListener("click", () => { move(list, line, step, said); button.focus(); });
  line.append(button);
}

function enhance(list) {
  const place = (line) => Number(line.querySelector("select").value) || list.children.length + 1;
  list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.className = "visually-hidden";
  list.after(said);
  for (const line of list.children) {
    add_button(list, line, -1, list.dataset.up, "↑", said);
    add_button(list, line, 1, list.dataset.down, "↓", said);
  }
}

document.querySelectorAll("[data-ranking]").forEach(enhance);
