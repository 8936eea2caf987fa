/** Lines in the manner of TAP, and the sum at the end. */

export interface Report {
  /** Runs one scenario; a failure is told and counted, and the next one goes on. */
  scenario(name: string, work: () => Promise<void>): Promise<void>;
  note(text: string): void;
  /** Prints the sum; true when nothing failed. */
  end(): boolean;
}

export function createReport(): Report {
  let [passed, failed] = [0, 0];
  return {
    async scenario(name, work) {
      const startedAt = performance.now();
      const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      try {
        await work();
        passed++;
        process.stdout.write(`ok ${passed + failed} - ${name} # ${seconds()}\n`);
      } catch (error) {
        failed++;
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stdout.write(`not ok ${passed + failed} - ${name} # ${seconds()}\n`);
        process.stdout.write(`${text.replace(/^/gm, "  ")}\n`);
      }
    },
    note: (text) => void process.stdout.write(`# ${text}\n`),
    end() {
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
      return failed === 0;
    },
  };
}
