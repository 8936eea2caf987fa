/** The roles that Nexus brings. */
import { architect } from "./architect.ts";
import { designer } from "./designer.ts";
import { engineer } from "./engineer.ts";
import { productManager } from "./product-manager.ts";
import { projectManager } from "./project-manager.ts";
import { qaEngineer } from "./qa-engineer.ts";
import type { Role } from "./role.ts";

export const ROLES: readonly Role[] = [productManager, architect, designer, projectManager, engineer, qaEngineer];
