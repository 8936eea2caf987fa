/** Joins the pieces of a streamed answer, so that the page is told a few times a second and not at every token. */
export interface Delta {
  readonly taskId: string;
  readonly turn: number;
  readonly text: string;
}

export class DeltaQueue {
  #deltas: Delta[] = [];

  add({ taskId, turn, text }: Delta): void {
    const last = this.#deltas.at(-1);
    const continues = last?.taskId === taskId && last.turn === turn;
    if (continues) this.#deltas.splice(-1, 1, { taskId, turn, text: last.text + text });
    else this.#deltas.push({ taskId, turn, text });
  }

  take(): Delta[] {
    const deltas = this.#deltas;
    this.#deltas = [];
    return deltas;
  }
}
