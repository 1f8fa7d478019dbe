/** The conversation as a text file. */
import type { Message } from "./store.js";
import { type Texts, fill } from "./texts.js";

/** The file's text: title, time, every message, and where to turn. */
export function transcript(messages: Message[], title: string, phone: string, texts: Texts): string {
  const lines = messages.map(({ mine, text }) => `${mine ? texts.you : texts.assistant} ${text}`);
  const end = `${texts.emergency} ${fill(texts.call, phone)}`;
  return [title, new Date().toLocaleString(texts.code), ...lines, end, ""].join("\n\n");
}

/** Hands a text to the browser as a download. */
export function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read the file only after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
