/** Keeps notes in memory, newest first. */
export function createNotes() {
  let notes = [];
  let nextId = 1;

  return {
    add(text) {
      const note = { id: nextId, text };
      nextId += 1;
      notes = [note, ...notes];
      return note;
    },

    list() {
      return notes;
    },

    /** True when there was such a note. */
    remove(id) {
      const rest = notes.filter((note) => note.id !== id);
      const removed = rest.length < notes.length;
      notes = rest;
      return removed;
    },
  };
}
