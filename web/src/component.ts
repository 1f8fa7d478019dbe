/**
 * A custom element that draws itself with lit's templates, at most once for all changes of a moment.
 *
 * LitElement does this too, and much that the widget has no use for (reactive properties): 2.5 kB.
 */
import { type TemplateResult, nothing, render } from "lit/html.js";

export abstract class Component extends HTMLElement {
  protected readonly root: ShadowRoot = this.attachShadow({ mode: "open" });
  /** Settled when the element shows what there is to show. */
  protected updateComplete: Promise<void> = Promise.resolve();
  #waiting = false;

  constructor(styles: string) {
    super();
    // No <style>: a host page's CSP may forbid that.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.root.adoptedStyleSheets = [sheet];
  }

  protected requestUpdate(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.updateComplete = Promise.resolve().then(() => {
      this.#waiting = false;
      render(this.render(), this.root, { host: this });
      this.updated();
    });
  }

  protected abstract render(): TemplateResult | typeof nothing;

  protected abstract updated(): void;
}
