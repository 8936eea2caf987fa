/** The list's markup; everything that a person typed is escaped. */
export function renderNotes(notes) {
  return notes.map(renderNote).join("");
}

function renderNote(note) {
  return `<li data-id="${note.id}">${escapeText(note.text)} <button data-remove="${note.id}">Remove</button></li>`;
}

export function escapeText(text) {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
