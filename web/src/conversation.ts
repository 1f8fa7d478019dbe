/** What is said: sends messages, keeps them, tries again; knows nothing of the screen. */
import type { Message, Store } from "./store.js";
import { type Answer, type Button, Transport, type Verdict } from "./transport.js";

/** Milliseconds until the reader is told that it takes longer. */
const SLOW = 4000;
/** How often, and how many times, to look whether the server is back. */
const LOOK = 4000;
const LOOKS = 45;
const ALARMS = ["emergency", "crisis"];
// Refused now, but not for ever.
const LATER = [429, 500, 502, 503, 504];

export class Conversation {
  readonly #store: Store;
  readonly #transport: Transport;
  readonly #changed: () => void;
  /** Messages that are under way. */
  #pending = 0;
  #looking = false;
  /** Whether the server has ever answered on this page. */
  #reached = false;
  late = false;

  constructor(store: Store, transport: Transport, changed: () => void) {
    this.#store = store;
    this.#transport = transport;
    this.#changed = changed;
    addEventListener("online", this.retry);
  }

  stop(): void {
    removeEventListener("online", this.retry);
  }

  get messages(): Message[] {
    return this.#store.state.messages;
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  get failed(): boolean {
    return this.messages.some((message) => message.state === "failed");
  }

  /** Quick replies of the last answer; none while something is under way. */
  get choices(): Button[] {
    const last = this.messages.at(-1);
    if (!last || last.mine || this.busy) return [];
    return (last.buttons ?? []).filter((button) => button.payload);
  }

  /** Learns the clinic's number; without it the chat works too. */
  async meet(): Promise<void> {
    try {
      this.#store.state.clinic = await this.#transport.clinic();
      this.#reached = true;
      this.#update();
    } catch {
      // It is asked again when the panel opens.
    }
  }

  async say(text: string, payload?: string): Promise<void> {
    const message: Message = { mine: true, text, ...(payload && { payload }) };
    this.messages.push(message);
    await this.#deliver(message);
  }

  /** Sends everything again that did not get through, in order. */
  retry = (): void => {
    const failed = this.messages.filter((message) => message.state === "failed");
    // What is sent again is the newest, and stands last.
    for (const message of failed) {
      this.messages.splice(this.messages.indexOf(message), 1);
      this.messages.push(message);
      void this.#deliver(message);
    }
  };

  /** Gives a verdict; throws Unreachable if it is not kept. */
  async rate(message: Message, verdict: Verdict): Promise<void> {
    await this.#transport.feedback(message.topics ?? [], { verdict });
    message.verdict = verdict;
    message.why = verdict === "bad" ? "asked" : "thanked";
    this.#update();
  }

  /** Says why; what the server hears an alarm in, it answers as a message. */
  async explain(message: Message, why: string): Promise<void> {
    if (why.trim()) {
      const answer = await this.#transport.feedback(message.topics ?? [], { why });
      if (answer.outcome === "safety") this.#keep(answer);
    }
    message.why = "thanked";
    this.#update();
  }

  /** Erases the chat; throws Unreachable if the server has not. */
  async erase(): Promise<void> {
    await this.#transport.forget();
    this.#store.clear();
    this.#changed();
  }

  /** Begins anew; that the old chat is erased on the server is not waited for. */
  restart(): void {
    this.#transport.forget().catch(() => undefined);
    this.#store.clear();
    this.#changed();
  }

  #update(): void {
    this.#store.save();
    this.#changed();
  }

  async #deliver(message: Message): Promise<void> {
    message.state = "sending";
    this.#pending++;
    this.#update();
    const slow = setTimeout(() => {
      this.late = true;
      this.#changed();
    }, SLOW);
    try {
      const answer = await this.#transport.send(message.payload ?? message.text);
      this.#reached = true;
      // A chat that was erased meanwhile gets no late replies.
      if (this.messages.includes(message)) {
        if (LATER.includes(answer.status)) message.state = "failed";
        else delete message.state;
        this.#keep(answer);
      }
    } catch {
      message.state = "failed";
      void this.#look();
    } finally {
      clearTimeout(slow);
      this.late = false;
      this.#pending--;
      this.#update();
    }
  }

  #keep({ status, replies, outcome, topics }: Answer): void {
    const alarm = outcome === "safety" && topics.some((topic) => ALARMS.includes(topic));
    const rated = status === 200 && outcome !== "safety";
    replies.forEach((reply, index) => {
      // In an alarm the first reply is the one that matters; an answer may follow it.
      const message: Message = { mine: false, ...reply };
      if (alarm && index === 0) message.alarm = true;
      if (rated && index === replies.length - 1) message.topics = topics;
      this.messages.push(message);
    });
  }

  /** Waits for a server that was there before, then tries again. */
  async #look(): Promise<void> {
    if (this.#looking || !this.#reached) return;
    this.#looking = true;
    for (let count = 0; count < LOOKS && this.failed; count++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      if (navigator.onLine && this.failed && (await this.#transport.alive())) {
        this.retry();
        break;
      }
    }
    this.#looking = false;
  }
}
