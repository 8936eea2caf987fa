import { renderNotes } from "./render.js";

const form = document.querySelector("#add");
const list = document.querySelector("#notes");

async function refresh() {
  const response = await fetch("/notes");
  list.innerHTML = renderNotes(await response.json());
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { text } = Object.fromEntries(new FormData(form));
  await fetch("/notes", { method: "POST", body: JSON.stringify({ text }) });
  form.reset();
  await refresh();
});

list.addEventListener("click", async (event) => {
  const { remove } = event.target.dataset;
  if (remove === undefined) return;
  await fetch(`/notes/${remove}`, { method: "DELETE" });
  await refresh();
});

await refresh();
