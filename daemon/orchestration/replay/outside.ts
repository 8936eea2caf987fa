/** What a replay's engine asks of others and waits for: the store, the counter of tokens. Not of the log: that answers at its turn. */

export interface Outside {
  /** Grows with every question. */
  readonly asked: number;
  /** Resolves when no question is open, however long that takes. */
  settled(): Promise<void>;
  /** The same promise, waited for. */
  ask<Value>(question: Promise<Value>): Promise<Value>;
  /** The same ports, whose answers are waited for. */
  watchAll<Ports extends object>(ports: Ports): Ports;
}

export function createOutside(): Outside {
  const open = new Set<Promise<unknown>>();
  let asked = 0;

  function ask<Value>(question: Promise<Value>): Promise<Value> {
    asked++;
    open.add(question);
    const close = () => void open.delete(question);
    question.then(close, close);
    return question;
  }

  function watch<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...parameters: unknown[]) => {
          const answer: unknown = Reflect.apply(member, target, parameters);
          return answer instanceof Promise ? ask(answer) : answer;
        };
      },
    });
  }

  return {
    get asked() {
      return asked;
    },
    async settled() {
      while (open.size > 0) await Promise.allSettled(open);
    },
    ask,
    watchAll: (ports) =>
      new Proxy(ports, {
        get(target, name) {
          const port: unknown = Reflect.get(target, name);
          return typeof port === "object" && port !== null ? watch(port) : port;
        },
      }),
  };
}
