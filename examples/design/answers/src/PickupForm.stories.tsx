import { PickupForm } from "./PickupForm.tsx";

export default { component: PickupForm, args: { canOrder: true, onOrder: () => undefined } };

export const Default = {};
export const MissingName = { args: { problem: "Please tell us your name, so that we can write it on the bag." } };
