import { Basket } from "./Basket.tsx";
import { BREADS } from "./breads.ts";
import { linesOf } from "./order.ts";

export default { component: Basket };

export const Default = { args: { lines: linesOf({ loaf: 1, pretzel: 4 }, BREADS) } };
export const Empty = { args: { lines: [] } };
