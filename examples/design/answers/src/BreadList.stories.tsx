import { BreadList } from "./BreadList.tsx";
import { BREADS } from "./breads.ts";

export default { component: BreadList, args: { basket: { pretzel: 2 }, onChange: () => undefined } };

export const Default = { args: { breads: BREADS } };
export const Empty = { args: { breads: [] } };
