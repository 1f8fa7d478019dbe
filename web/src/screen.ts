/** The panel on the screen: its size over the on-screen keyboard, scrolling, focus inside it. */

/** Where the panel takes the whole screen; as in styles.ts. */
const WHOLE = "(max-width: 480px), (max-height: 480px)";
const FOCUSABLE = "a[href], button:not(:disabled), textarea, [tabindex='0']";

export class Screen {
  readonly #panel: () => HTMLElement | null;

  constructor(panel: () => HTMLElement | null) {
    this.#panel = panel;
  }

  /** Whether the panel takes the whole screen. */
  get whole(): boolean {
    return matchMedia(WHOLE).matches;
  }

  start(): void {
    visualViewport?.addEventListener("resize", this.#fit);
    visualViewport?.addEventListener("scroll", this.#fit);
  }

  stop(): void {
    visualViewport?.removeEventListener("resize", this.#fit);
    visualViewport?.removeEventListener("scroll", this.#fit);
  }

  /** Keeps the panel in the part of the screen that the keyboard leaves. */
  #fit = (): void => {
    const style = this.#panel()?.style;
    const view = visualViewport;
    if (!style || !view) return;
    // When the page is enlarged by two fingers the panel stays, to be looked at closely.
    const covered = this.whole && view.scale === 1 && view.height < innerHeight - 1;
    style.height = covered ? `${view.height}px` : "";
    style.top = covered ? `${view.offsetTop}px` : "";
    style.bottom = covered ? "auto" : "";
    if (covered) this.toEnd();
  };

  get #scroller(): Element | null {
    return this.#panel()?.querySelector(".scroll") ?? null;
  }

  /** Brings a part of the panel into view. */
  show(selector: string): void {
    this.#panel()?.querySelector(selector)?.scrollIntoView({ block: "nearest" });
  }

  toEnd(): void {
    this.#scroller?.scrollTo({ top: 1e6 });
  }

  /** Shows the beginning of the last answer: a long one is read from there. */
  toLastAnswer(): void {
    const turns = [...(this.#panel()?.querySelectorAll<HTMLElement>(".turn") ?? [])];
    const mine = turns.map((turn) => turn.classList.contains("mine")).lastIndexOf(true);
    const first = turns[mine + 1];
    const scroller = this.#scroller;
    this.toEnd();
    if (!first || !scroller) return;
    const above = scroller.getBoundingClientRect().top - first.getBoundingClientRect().top;
    if (above > 0) scroller.scrollBy(0, -above);
  }

  /** Where the panel takes the whole screen, Tab goes round in it: nothing else can be seen. */
  keepFocus(event: KeyboardEvent): void {
    const panel = this.#panel();
    if (!panel || !this.whole) return;
    const stops = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)];
    const now = (panel.getRootNode() as ShadowRoot).activeElement;
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (now !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }
}
