/** Joins the pieces of a streamed answer, or of a call's output, so that the page is told a few times a second. */
export interface Delta {
  readonly taskId: string;
  readonly turn: number;
  readonly text: string;
  /** The call whose output it is; left out: the model's answer. */
  readonly call?: number | undefined;
}

export class DeltaQueue {
  #deltas: Delta[] = [];

  add({ taskId, turn, text, call }: Delta): void {
    const last = this.#deltas.at(-1);
    const continues = last?.taskId === taskId && last.turn === turn && last.call === call;
    const joined = { taskId, turn, text: continues ? last.text + text : text, ...(call === undefined ? {} : { call }) };
    if (continues) this.#deltas.splice(-1, 1, joined);
    else this.#deltas.push(joined);
  }

  take(): Delta[] {
    const deltas = this.#deltas;
    this.#deltas = [];
    return deltas;
  }
}
