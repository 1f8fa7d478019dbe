/** The element: launcher, greeting, panel, and where the focus goes. */
import { type TemplateResult, html, nothing } from "lit/html.js";
import { accent } from "./colors.js";
import { Component } from "./component.js";
import { Conversation } from "./conversation.js";
import * as icons from "./icons.js";
import { type Options, optionsOf } from "./options.js";
import * as parts from "./parts.js";
import { type Message, Store } from "./store.js";
import styles from "./styles.css";
import { TEXTS, type Texts, fill, known } from "./texts.js";
import { download, transcript } from "./transcript.js";
import { type Button, Transport, type Verdict } from "./transport.js";
import { Screen } from "./screen.js";

/** The steps of "text size"; the last one is WCAG's 200 %. */
const SCALES = [1, 1.25, 1.5, 2];
const GREETING_DELAY = 1500;
/** Servers whose chat is on this page: a second widget for one of them stays away. */
const taken = new Set<string>();

/** "Delete my chat", as the assistant asks patients to say it. */
const WISH = /^(please )?(delete|erase|borrar) (my|this|mi) chat\W*$/i;

type Asked = "restart" | "erase";

export class SpineChatWidget extends Component {
  #options: Options = optionsOf(this);
  #store!: Store;
  #talk!: Conversation;
  readonly #screen = new Screen(() => this.#panel);
  #open = false;
  #menu = false;
  #greeting = false;
  #asked: Asked | undefined;
  /** A line on what has happened, and whether it went wrong. */
  #word = "";
  #wrong = false;
  /** Off until what was said before is on the screen, so that it is not read out again. */
  #live = false;
  #mine = false;

  constructor() {
    super(styles);
  }

  connectedCallback(): void {
    this.#options = optionsOf(this);
    const server = this.#options.server;
    if (taken.has(server)) return;
    taken.add(server);
    this.#mine = true;
    this.#store = new Store(`spinechat ${server}`);
    const transport = new Transport(server, this.#store.state, this.#store.save);
    this.#talk = new Conversation(this.#store, transport, () => this.requestUpdate());
    this.requestUpdate();
    if (!this.#store.state.clinic) void this.#talk.meet();
    if (!this.#store.state.greeted && !this.#store.state.messages.length) {
      setTimeout(() => this.#greet(), GREETING_DELAY);
    }
  }

  disconnectedCallback(): void {
    if (!this.#mine) return;
    this.#mine = false;
    taken.delete(this.#options.server);
    this.#talk.stop();
    this.#screen.stop();
  }

  get #texts(): Texts {
    const { language } = this.#options;
    const page = language === "auto" ? document.documentElement.lang || navigator.language : language;
    return TEXTS[known(this.#store.state.language) ?? known(page) ?? "en"];
  }

  get #phone(): string {
    return this.#store.state.clinic?.phone ?? this.#options.phone;
  }

  get #panel(): HTMLElement | null {
    return this.root.querySelector(".panel");
  }

  get #box(): HTMLTextAreaElement | null {
    return this.root.querySelector(".compose textarea");
  }

  #focusOn(selector: string): void {
    void this.updateComplete.then(() => {
      this.root.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    });
  }

  /** To the input; on touch screens to the panel, as the keyboard would hide the half of it. */
  #focusInput(): void {
    this.#focusOn(matchMedia("(pointer: coarse)").matches ? ".scroll" : ".compose textarea");
  }

  #greet(): void {
    if (this.#open || this.#options.greeting === "off") return;
    this.#greeting = true;
    this.requestUpdate();
  }

  #dismiss(): void {
    this.#greeting = false;
    this.#store.state.greeted = true;
    this.#store.save();
    this.requestUpdate();
  }

  #show = (): void => {
    this.#dismiss();
    this.#open = true;
    this.#live = false;
    this.#screen.start();
    if (!this.#store.state.clinic) void this.#talk.meet();
    this.#focusInput();
    void this.updateComplete.then(() => {
      this.#screen.toEnd();
      setTimeout(() => {
        this.#live = true;
        this.requestUpdate();
      }, 100);
    });
  };

  #hide = (): void => {
    this.#open = this.#menu = false;
    this.#asked = undefined;
    this.#screen.stop();
    this.requestUpdate();
    this.#focusOn(".launch");
  };

  #tell(word: string, wrong = false): void {
    this.#word = word;
    this.#wrong = wrong;
    this.requestUpdate();
  }

  async #say(text: string, payload?: string): Promise<void> {
    // The server could erase only its own half.
    if (payload === "/delete_chat" || WISH.test(text)) return this.#ask("erase");
    this.#tell("");
    const answered = this.#talk.say(text, payload);
    await this.updateComplete;
    this.#screen.toEnd();
    await answered;
    await this.updateComplete;
    this.#screen.toLastAnswer();
  }

  #submit = (event?: Event): void => {
    event?.preventDefault();
    const text = this.#store.state.draft.trim();
    if (!text || this.#excess > 0) return;
    this.#store.state.draft = "";
    void this.#say(text);
    this.#box?.focus();
  };

  #choose = ({ title, payload }: Button): void => {
    void this.#say(title, payload);
    this.#focusInput();
  };

  get #excess(): number {
    const limit = this.#store.state.clinic?.max_characters ?? 1000;
    return [...this.#store.state.draft.trim()].length - limit;
  }

  #write = (event: Event): void => {
    this.#store.state.draft = (event.target as HTMLTextAreaElement).value;
    this.#store.save();
    this.requestUpdate();
  };

  #typed = (event: KeyboardEvent): void => {
    // Enter also ends the choice of a word in Japanese and others.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  };

  #key = (event: KeyboardEvent): void => {
    // The host page's shortcuts are not meant for what is typed here.
    event.stopPropagation();
    if (event.key === "Tab") this.#screen.keepFocus(event);
    if (event.key !== "Escape") return;
    if (this.#asked) this.#answer(false);
    else if (this.#menu) this.#toggleMenu();
    else if (this.#open) this.#hide();
    else if (this.#greeting) this.#dismiss();
  };

  #toggleMenu = (): void => {
    this.#menu = !this.#menu;
    this.requestUpdate();
    this.#focusOn(this.#menu ? ".menu button" : ".more");
  };

  #ask(asked: Asked): void {
    this.#menu = false;
    this.#asked = asked;
    this.#tell("");
    this.#focusOn("[role=alertdialog]");
    void this.updateComplete.then(() => this.#screen.toEnd());
  }

  #answer = (yes: boolean): void => {
    const asked = this.#asked;
    this.#asked = undefined;
    this.requestUpdate();
    this.#focusInput();
    if (!yes) return;
    if (asked === "restart") {
      this.#talk.restart();
      this.#tell(this.#texts.erased);
    } else {
      void this.#attempt(this.#talk.erase(), this.#texts.erased);
    }
  };

  #resize(): void {
    const { state } = this.#store;
    state.scale = SCALES[(SCALES.indexOf(state.scale) + 1) % SCALES.length] ?? 1;
    this.#store.save();
    this.requestUpdate();
  }

  #switchLanguage(): void {
    this.#store.state.language = this.#texts.code === "en" ? "es" : "en";
    this.#store.save();
    this.requestUpdate();
  }

  #saveChat(): void {
    const texts = this.#texts;
    download(transcript(this.#talk.messages, this.#heading, this.#phone, texts), "chat.txt");
  }

  readonly #verdicts = {
    rate: (message: Message, verdict: Verdict): void => {
      void this.#attempt(this.#talk.rate(message, verdict)).then(() => {
        this.#focusOn(message.why === "asked" ? ".why textarea" : ".scroll");
        void this.updateComplete.then(() => this.#screen.show(".why"));
      });
    },
    explain: (message: Message, why: string): void => {
      void this.#attempt(this.#talk.explain(message, why)).then(async (kept) => {
        if (!kept) return;
        this.#focusInput();
        await this.updateComplete;
        if (this.#talk.messages.at(-1)?.alarm) this.#screen.toLastAnswer();
      });
    },
  };

  /** Does something, and says so if it fails. */
  async #attempt(work: Promise<void>, done = ""): Promise<boolean> {
    const kept = await work.then(
      () => true,
      () => false,
    );
    this.#tell(kept ? done : this.#texts.notDone, !kept);
    return kept;
  }

  get #heading(): string {
    return this.#options.title || this.#texts.title;
  }

  protected override updated(): void {
    const root = this.root.querySelector<HTMLElement>(".root");
    if (!root) return;
    // Not as an attribute: a host page's CSP may forbid that.
    root.style.fontSize = `${16 * this.#store.state.scale}px`;
    root.style.setProperty("--bottom", `${parseInt(this.#options.bottom, 10) || 0}px`);
    for (const [name, value] of Object.entries(accent(this.#options.color))) {
      root.style.setProperty(name, value);
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#mine) return nothing;
    const { position, theme } = this.#options;
    const left = position === "left" ? "left" : "";
    return html`<div class="root ${theme} ${left}" lang=${this.#texts.code} @keydown=${this.#key}>
      ${this.#open ? this.#opened() : this.#closed()}
    </div>`;
  }

  #closed(): TemplateResult {
    const texts = this.#texts;
    return html`<div class="corner">
      ${this.#greeting
        ? html`<div class="greeting">
            <span class="text">${this.#options.greeting || texts.greeting}</span>
            <button aria-label=${texts.close} @click=${this.#dismiss}>${icons.cross}</button>
          </div>`
        : nothing}
      <button class="launch" aria-haspopup="dialog" aria-expanded="false" @click=${this.#show}>
        ${icons.chat}${this.#talk.messages.length ? texts.goOn : texts.launch}
      </button>
    </div>`;
  }

  #opened(): TemplateResult {
    const texts = this.#texts;
    return html`<section
      class="panel"
      role="dialog"
      aria-modal=${this.#screen.whole}
      aria-labelledby="title"
    >
      <div class="top">
        <h2 id="title">${this.#heading}<small>${texts.kind}</small></h2>
        <button
          class="more"
          aria-label=${texts.more}
          aria-expanded=${this.#menu}
          @click=${this.#toggleMenu}
        >
          ${icons.dots}
        </button>
        <button aria-label=${texts.close} @click=${this.#hide}>${icons.cross}</button>
      </div>
      ${parts.calls(this.#phone, texts)} ${this.#menu ? this.#options_() : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Chat">
        ${parts.notice(texts)} ${this.#said()}
      </div>
      ${this.#composer()}
    </section>`;
  }

  #said(): TemplateResult {
    const talk = this.#talk;
    const texts = this.#texts;
    const phone = this.#phone;
    const started = talk.messages.length > 0;
    const starters = texts.starters.map(([title, payload]) => ({ title, payload }) as Button);
    const failure = navigator.onLine ? texts.failed : texts.offline;
    return html`${started ? nothing : html`<p class="hello">${texts.hello}</p>`}
      <div role="log" aria-label="Chat" aria-live=${this.#live ? "polite" : "off"}>
        ${talk.messages.map((message) => parts.turn(message, texts, this.#verdicts))}
      </div>
      <div role="status">
        ${talk.busy ? parts.writing(talk.late, texts) : this.#wrong ? nothing : this.#word}
      </div>
      ${talk.failed && !talk.busy ? parts.trouble(failure, phone, texts, this.#again) : nothing}
      ${this.#word && this.#wrong ? parts.trouble(this.#word, phone, texts, undefined) : nothing}
      ${this.#asked ? parts.confirmation(texts, this.#answer) : nothing}
      ${parts.choices(started ? talk.choices : starters, texts, this.#choose)}`;
  }

  #again = (): void => {
    this.#talk.retry();
    this.#focusInput();
  };

  #options_(): TemplateResult {
    const texts = this.#texts;
    const percent = Math.round(this.#store.state.scale * 100);
    const idle = this.#talk.messages.length === 0;
    return html`<div class="menu" role="group" aria-label=${texts.more}>
      <button @click=${this.#resize}>${fill(texts.larger, percent)}</button>
      <button lang=${texts.code === "en" ? "es" : "en"} @click=${this.#switchLanguage}>
        ${texts.other}
      </button>
      <button ?disabled=${idle} @click=${this.#saveChat}>${texts.save}</button>
      <button ?disabled=${idle} @click=${() => this.#ask("restart")}>${texts.restart}</button>
      <button ?disabled=${idle} @click=${() => this.#ask("erase")}>${texts.erase}</button>
    </div>`;
  }

  #composer(): TemplateResult {
    const texts = this.#texts;
    const excess = this.#excess;
    const hint = excess > 0 ? html`<p class="hint" role="status">${fill(texts.tooLong, excess)}</p>` : nothing;
    return html`<form class="compose" @submit=${this.#submit}>
      ${hint}
      <textarea
        rows="1"
        dir="auto"
        aria-label=${texts.input}
        placeholder=${texts.input}
        enterkeyhint="send"
        .value=${this.#store.state.draft}
        @input=${this.#write}
        @keydown=${this.#typed}
      ></textarea>
      <button class="send" aria-label=${texts.send} ?disabled=${excess > 0}>${icons.send}</button>
    </form>`;
  }
}
