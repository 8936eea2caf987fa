import type { TextArea as TextAreaElement } from "@vscode/webview-ui-toolkit";
import type { FormEvent, KeyboardEvent, ReactNode, Ref } from "react";
import type {} from "./elements.ts";

export interface TextAreaProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
  readonly rows: number;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
  /** Ctrl+Enter, or Cmd+Enter. */
  readonly onSubmit: () => void;
  readonly elementRef?: Ref<TextAreaElement>;
}

export function TextArea(props: TextAreaProps): ReactNode {
  const submitOnEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <vscode-text-area
      className="text-area"
      value={props.value}
      rows={props.rows}
      maxlength={props.maxLength}
      placeholder={props.placeholder}
      aria-label={props.label}
      onInput={(event: FormEvent<TextAreaElement>) => props.onChange(event.currentTarget.value)}
      onKeyDown={submitOnEnter}
      {...(props.elementRef === undefined ? {} : { ref: props.elementRef })}
    />
  );
}
