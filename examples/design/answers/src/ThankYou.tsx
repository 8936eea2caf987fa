import type { Pickup } from "./PickupForm.tsx";

interface ThankYouProps {
  readonly pickup: Pickup;
  readonly number: number;
}

export function ThankYou({ pickup, number }: ThankYouProps) {
  return (
    <section className="thanks" aria-labelledby="thanks-title">
      <svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">
        <circle cx="24" cy="24" r="22" fill="currentColor" />
        <path
          d="M14 25l7 7 13-15"
          fill="none"
          stroke="#ffffff"
          strokeWidth="4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <h1 id="thanks-title">Thank you, {pickup.name}</h1>
      <p className="when">Your bread is ready tomorrow at {pickup.time}.</p>
      <p className="quiet">Order number {number}</p>
      <a className="again" href="#/">
        Order more
      </a>
    </section>
  );
}
