/** The name, and one sentence of what this is. */
export function Masthead() {
  return (
    <header class="masthead">
      <h1>CoMD</h1>
      <p>
        Competitive multi-modal distillation in this tab: a small <em class="student">student</em> that sees and answers learns
        from a larger <em class="teacher">teacher</em>, most of all where it loses to it.
      </p>
    </header>
  );
}
