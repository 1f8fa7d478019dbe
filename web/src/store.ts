/** What is kept over page changes: in sessionStorage, which ends with the tab, or in memory. */
import type { Button, Clinic, Verdict } from "./transport.js";

export interface Message {
  mine: boolean;
  text: string;
  /** What is sent, if it is not the text: a button's payload. */
  payload?: string;
  /** Of one's own message; none once it is answered. */
  state?: "sending" | "failed";
  buttons?: Button[];
  /** Of the assistant's last bubble of a turn: what feedback is about. */
  topics?: string[];
  verdict?: Verdict;
  /** "asked" while there is room for a reason, "thanked" after that. */
  why?: "asked" | "thanked";
  /** A call to 911 or 988. */
  alarm?: boolean;
}

export interface State {
  /** When it was saved last, in milliseconds since 1970. */
  at: number;
  session: string;
  messages: Message[];
  draft: string;
  scale: number;
  language: string;
  greeted: boolean;
  clinic: Clinic | null;
}

// The server's sessions end after a day; a tab that was left open on a shared computer too.
const LIFETIME = 24 * 3600 * 1000;

const fresh = (): State => ({
  at: 0,
  session: "",
  messages: [],
  draft: "",
  scale: 1,
  language: "",
  greeted: false,
  clinic: null,
});

function isMessage(value: unknown): value is Message {
  const message = value as Message | null;
  return typeof message?.text === "string" && typeof message.mine === "boolean";
}

export class Store {
  readonly state: State = fresh();
  readonly #key: string;

  /** `key`: one for each server. */
  constructor(key: string) {
    this.#key = key;
    try {
      const saved = JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<State>;
      if (!(Date.now() - (saved.at ?? 0) < LIFETIME)) return;
      // What others have written there must not break the chat.
      for (const name of Object.keys(this.state) as (keyof State)[]) {
        if (name !== "clinic" && typeof saved[name] === typeof this.state[name]) {
          (this.state as unknown as Record<string, unknown>)[name] = saved[name];
        }
      }
      const messages = Array.isArray(saved.messages) ? saved.messages : [];
      // A message that was under way when the page changed can be sent again.
      this.state.messages = messages
        .filter(isMessage)
        .map((message) => (message.state ? { ...message, state: "failed" } : message));
      if (typeof saved.clinic?.phone === "string") this.state.clinic = saved.clinic;
    } catch {
      // Storage is blocked or damaged: the chat works without it.
    }
  }

  save = (): void => {
    this.state.at = Date.now();
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.state));
    } catch {
      // It stays in memory.
    }
  };

  /** Forgets the conversation; the reader's settings stay. */
  clear(): void {
    this.state.session = "";
    this.state.messages = [];
    this.save();
  }
}
