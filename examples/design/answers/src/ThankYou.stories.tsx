import { ThankYou } from "./ThankYou.tsx";

export default { component: ThankYou };

export const Default = { args: { pickup: { name: "Ada", time: "7:30" }, number: 1042 } };
