export type Shape = "loaf" | "baguette" | "pretzel" | "bun" | "roll" | "croissant";

export interface Bread {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** In cents. */
  readonly price: number;
  readonly left: number;
  readonly shape: Shape;
}

export const BREADS: readonly Bread[] = [
  { id: "loaf", name: "Country loaf", about: "Rye and wheat, 24 hours of rest", price: 540, left: 12, shape: "loaf" },
  { id: "baguette", name: "Baguette", about: "Thin crust, baked at six", price: 260, left: 20, shape: "baguette" },
  { id: "pretzel", name: "Pretzel", about: "Coarse salt, soft inside", price: 140, left: 40, shape: "pretzel" },
  { id: "bun", name: "Cinnamon bun", about: "Brown butter and cardamom", price: 320, left: 16, shape: "bun" },
  { id: "roll", name: "Poppy roll", about: "Crisp, for the breakfast table", price: 90, left: 60, shape: "roll" },
  {
    id: "croissant",
    name: "Croissant",
    about: "Three days, twenty-seven layers",
    price: 290,
    left: 0,
    shape: "croissant",
  },
];
