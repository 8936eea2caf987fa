import { BreadCard } from "./BreadCard.tsx";
import { BREADS } from "./breads.ts";

const [loaf, , pretzel] = BREADS;
const croissant = BREADS.find(({ left }) => left === 0);

export default {
  component: BreadCard,
  args: { onChange: () => undefined },
  decorators: [
    (Story: React.ComponentType) => (
      <>
        <h1>Breads</h1>
        <h2>Tomorrow</h2>
        <ul className="breads">
          <Story />
        </ul>
      </>
    ),
  ],
};

export const Default = { args: { bread: loaf, count: 0 } };
export const InBasket = { args: { bread: pretzel, count: 4 } };
export const SoldOut = { args: { bread: croissant, count: 0 } };
