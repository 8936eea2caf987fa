import { SiteHeader } from "./SiteHeader.tsx";

export default { component: SiteHeader };

export const Default = {};
