import type { TextArea as TextAreaElement } from "@vscode/webview-ui-toolkit";
import { type FormEvent, type KeyboardEvent, type ReactNode, type RefCallback, useCallback } from "react";
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
  readonly elementRef?: RefCallback<TextAreaElement>;
}

export function TextArea(props: TextAreaProps): ReactNode {
  const { label, elementRef } = props;
  // The element calls itself “Text area” when it enters the page; a ref comes after that.
  const ref = useCallback(
    (element: TextAreaElement | null) => {
      element?.setAttribute("aria-label", label);
      elementRef?.(element);
    },
    [label, elementRef],
  );
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
      aria-label={label}
      onInput={(event: FormEvent<TextAreaElement>) => props.onChange(event.currentTarget.value)}
      onKeyDown={submitOnEnter}
      ref={ref}
    />
  );
}
