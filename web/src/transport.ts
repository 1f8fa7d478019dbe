/** Talks to the server: plain HTTP, JSON, no cookie. */

export interface Button {
  title: string;
  payload?: string;
  url?: string;
}

export interface Reply {
  text: string;
  buttons: Button[];
}

export interface Answer {
  status: number;
  replies: Reply[];
  outcome: string;
  topics: string[];
}

export interface Clinic {
  name: string;
  phone: string;
  max_characters: number;
}

export type Verdict = "good" | "bad";

/** No answer came, or one that no SpineChat gives. */
export class Unreachable extends Error {}

/** Nobody waits longer than 8 s for a sentence: the server gives up a turn after 6 s. */
const TIME_LIMIT = 7_500;

interface Sessions {
  session: string;
}

interface Response_ {
  status: number;
  body: Record<string, unknown>;
}

const words = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const entry = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** A button of a reply, with nothing in it but text. */
function button(value: unknown): Button {
  const { title, payload, url } = entry(value);
  return {
    title: words(title),
    ...(words(payload) && { payload: words(payload) }),
    ...(words(url) && { url: words(url) }),
  };
}

function answer({ status, body }: Response_): Answer {
  const replies = list(body["replies"])
    .map(entry)
    .filter((reply) => words(reply["text"]).trim())
    .map((reply) => ({
      text: words(reply["text"]),
      buttons: list(reply["buttons"]).map(button).filter((one) => one.title),
    }));
  if (!replies.length) throw new Unreachable();
  return { status, replies, outcome: words(body["outcome"]), topics: list(body["topics"]).map(words) };
}

export class Transport {
  readonly #base: string;
  readonly #state: Sessions;
  readonly #save: () => void;
  #renewal: Promise<void> | undefined;

  /** `base` ends with a slash; `state` keeps the session over page changes. */
  constructor(base: string, state: Sessions, save: () => void) {
    this.#base = base;
    this.#state = state;
    this.#save = save;
  }

  async clinic(): Promise<Clinic> {
    const { body } = await this.#request("GET", "clinic");
    const { name, phone, max_characters } = body;
    if (!words(phone)) throw new Unreachable();
    return { name: words(name), phone: words(phone), max_characters: Number(max_characters) || 1000 };
  }

  /** Whether the server is there. */
  async alive(): Promise<boolean> {
    return this.#request("GET", "health").then(({ status }) => status === 200, () => false);
  }

  /** One message; an ended session is replaced once. */
  async send(message: string): Promise<Answer> {
    return this.#inSession((session) => this.#request("POST", "message", { session, message }));
  }

  /** A verdict or a reason; what the server answers to it, an alarm before all. */
  async feedback(topics: string[], what: { verdict?: Verdict; why?: string }): Promise<Answer> {
    const { session } = this.#state;
    const said = answer(await this.#request("POST", "feedback", { session, topics, ...what }));
    if (said.status !== 200 && said.outcome !== "safety") throw new Unreachable();
    return said;
  }

  /** Deletes what the server stored; an unknown session means that there is nothing. */
  async forget(): Promise<void> {
    const { session } = this.#state;
    if (!session) return;
    const { status } = await this.#request("DELETE", "session", undefined, { "X-Session": session });
    if (status !== 200 && status !== 401) throw new Unreachable();
  }

  async #inSession(ask: (session: string) => Promise<Response_>): Promise<Answer> {
    if (!this.#state.session) await this.#newSession();
    const used = this.#state.session;
    const first = await ask(used);
    if (first.status !== 401) return answer(first);
    // Of two messages that find the session ended, the second takes the first one's new one.
    if (this.#state.session === used) await this.#newSession();
    return answer(await ask(this.#state.session));
  }

  #newSession(): Promise<void> {
    this.#renewal ??= this.#request("POST", "session")
      .then(({ body }) => {
        if (!words(body["session"])) throw new Unreachable();
        this.#state.session = words(body["session"]);
        this.#save();
      })
      .finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #request(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response_> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIME_LIMIT);
    try {
      const response = await fetch(this.#base + path, {
        method,
        headers: body ? { "Content-Type": "application/json", ...headers } : headers,
        ...(body && { body: JSON.stringify(body) }),
        signal: stop.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      return { status: response.status, body: entry(await response.json()) };
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(timer);
    }
  }
}
