import { createRoot } from "react-dom/client";
import { registerControls } from "../controls/elements.ts";
import { DesignApp } from "./design-page.tsx";
import { createDesignHost } from "./host.ts";
import "../styles/design-page.css";

registerControls();
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(<DesignApp host={createDesignHost()} source={document.body.dataset["source"] ?? ""} />);
