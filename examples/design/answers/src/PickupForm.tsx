import { useState } from "react";
import { PICKUP_TIMES } from "./order.ts";

export interface Pickup {
  readonly name: string;
  readonly time: string;
}

interface PickupFormProps {
  readonly canOrder: boolean;
  readonly onOrder: (pickup: Pickup) => void;
  /** What is wrong with the name, as after a try without one. */
  readonly problem?: string;
}

export function PickupForm({ canOrder, onOrder, problem: first = "" }: PickupFormProps) {
  const [problem, setProblem] = useState(first);

  function submit(event: React.FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const name = String(data.get("name") ?? "").trim();
    if (name === "") return setProblem("Please tell us your name, so that we can write it on the bag.");
    setProblem("");
    onOrder({ name, time: String(data.get("time")) });
  }

  return (
    <form className="pickup" onSubmit={submit} noValidate aria-label="Pick-up">
      <label htmlFor="pickup-name">Your name</label>
      <input
        id="pickup-name"
        name="name"
        autoComplete="name"
        aria-invalid={problem !== ""}
        aria-describedby={problem === "" ? undefined : "pickup-problem"}
      />
      {problem === "" ? null : (
        <p id="pickup-problem" className="problem" role="alert">
          {problem}
        </p>
      )}
      <label htmlFor="pickup-time">Pick-up time tomorrow</label>
      <select id="pickup-time" name="time">
        {PICKUP_TIMES.map((time) => (
          <option key={time}>{time}</option>
        ))}
      </select>
      <button type="submit" className="order" disabled={!canOrder}>
        Order
      </button>
      <p className="quiet">You pay when you pick it up.</p>
    </form>
  );
}
