/** A question in an agent's words: its choices as buttons, and room for an answer of one's own. */
import { type ReactNode, useState } from "react";
import type { Question } from "../../protocol/question.ts";
import { Button } from "../controls/button.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { useAttention } from "./attention.ts";
import { Card } from "./card.tsx";

export function QuestionCard({ question }: { readonly question: Question }): ReactNode {
  const { send } = usePanel();
  const [answer, setAnswer] = useState("");
  const isPending = useIsPending("answerQuestion");
  const place = useAttention();
  const { questionId, agent, text, choices } = question;
  const sendAnswer = (words: string) => {
    if (words.trim() !== "") send({ type: "answerQuestion", questionId, answer: words });
  };
  return (
    <div ref={place} tabIndex={-1} className="attention">
      <Card title={`${agent} asks`} icon="message" tone="wait">
        <p className="question">{text}</p>
        {choices.length === 0 ? null : (
          <fieldset className="buttons choices">
            <legend className="reader-only">Answers to choose from</legend>
            {choices.map((choice) => (
              <Button key={choice} disabled={isPending} onPress={() => sendAnswer(choice)}>
                {choice}
              </Button>
            ))}
          </fieldset>
        )}
        <TextArea
          value={answer}
          label={`Your answer to: ${text}`}
          placeholder="Your answer"
          rows={2}
          maxLength={10_000}
          onChange={setAnswer}
          onSubmit={() => sendAnswer(answer)}
        />
        <div className="buttons">
          <Button look="primary" disabled={isPending || answer.trim() === ""} onPress={() => sendAnswer(answer)}>
            Send answer
          </Button>
        </div>
      </Card>
    </div>
  );
}
