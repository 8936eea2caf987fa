/** A document by its fields: texts, lists of texts, and pairs. */
import { type ReactNode, useId } from "react";
import { Button } from "../../controls/button.tsx";
import { usePage } from "../parts/pager.tsx";
import { type Field, type FieldValue, fieldsOfText, withField } from "./field-values.ts";

export function FieldForm(props: { readonly text: string; readonly onChange: (text: string) => void }): ReactNode {
  const { text, onChange } = props;
  const fields = fieldsOfText(text);
  if (fields === undefined)
    return <p className="muted">This is no JSON object, so it has no fields: edit it as text.</p>;
  return (
    <div className="field-form">
      {fields.map((field) => (
        <FieldView key={field.name} field={field} onChange={(value) => onChange(withField(text, field.name, value))} />
      ))}
    </div>
  );
}

type Editable = Exclude<FieldValue, { kind: "other" }>;

function FieldView({
  field,
  onChange,
}: {
  readonly field: Field;
  readonly onChange: (value: Editable) => void;
}): ReactNode {
  const { name, value } = field;
  switch (value.kind) {
    case "text":
      return <TextField label={name} text={value.text} onChange={(text) => onChange({ kind: "text", text })} />;
    case "texts":
      return (
        <List name={name} items={value.texts} onAdd={() => onChange({ kind: "texts", texts: [...value.texts, ""] })}>
          {(item, index) => (
            <Item
              key={index}
              label={`${name} ${index + 1}`}
              onRemove={() => onChange({ kind: "texts", texts: value.texts.toSpliced(index, 1) })}
            >
              <TextField
                label={`${name} ${index + 1}`}
                isLabelHidden
                text={item}
                onChange={(text) => onChange({ kind: "texts", texts: value.texts.with(index, text) })}
              />
            </Item>
          )}
        </List>
      );
    case "pairs":
      return (
        <List
          name={name}
          items={value.pairs}
          onAdd={() => onChange({ kind: "pairs", pairs: [...value.pairs, ["", ""]] })}
        >
          {([one, other], index) => (
            <Item
              key={index}
              label={`${name} ${index + 1}`}
              onRemove={() => onChange({ kind: "pairs", pairs: value.pairs.toSpliced(index, 1) })}
            >
              <div className="pair">
                <input
                  aria-label={`${name} ${index + 1}, first`}
                  value={one}
                  onChange={({ currentTarget }) =>
                    onChange({ kind: "pairs", pairs: value.pairs.with(index, [currentTarget.value, other]) })
                  }
                />
                <TextField
                  label={`${name} ${index + 1}, second`}
                  isLabelHidden
                  text={other}
                  onChange={(text) => onChange({ kind: "pairs", pairs: value.pairs.with(index, [one, text]) })}
                />
              </div>
            </Item>
          )}
        </List>
      );
    case "other":
      return (
        <div className="field">
          <span className="field-name">{name}</span>
          <p className="muted">It holds more than texts: edit it as text.</p>
        </div>
      );
  }
}

function TextField(props: {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly text: string;
  readonly onChange: (text: string) => void;
}): ReactNode {
  const id = useId();
  const rows = Math.min(14, Math.max(1, props.text.split("\n").length, Math.ceil(props.text.length / 90)));
  return (
    <div className="field">
      <label htmlFor={id} className={props.isLabelHidden === true ? "reader-only" : "field-name"}>
        {props.label}
      </label>
      <textarea
        id={id}
        rows={rows}
        value={props.text}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </div>
  );
}

function List<Entry>(props: {
  readonly name: string;
  readonly items: readonly Entry[];
  readonly onAdd: () => void;
  /** Draws one by its place in the whole list. */
  readonly children: (item: Entry, index: number) => ReactNode;
}): ReactNode {
  const { items, pager, toLast } = usePage(numbered(props.items), `entries of ${props.name}`);
  const add = () => {
    props.onAdd();
    toLast();
  };
  return (
    <fieldset className="field field-list">
      <legend className="field-name">{`${props.name} (${props.items.length})`}</legend>
      {items.map(({ item, index }) => props.children(item, index))}
      {pager}
      <div className="buttons">
        <Button onPress={add} label={`Add to ${props.name}`}>
          Add
        </Button>
      </div>
    </fieldset>
  );
}

function Item(props: {
  readonly label: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="field-item">
      {props.children}
      <Button look="icon" onPress={props.onRemove} label={`Remove ${props.label}`}>
        ×
      </Button>
    </div>
  );
}

/** An item's place is what it is known by: the form is drawn anew when one is added or removed. */
function numbered<Item>(items: readonly Item[]): { item: Item; index: number }[] {
  return items.map((item, index) => ({ item, index }));
}
