// Tables and formulas that are wider than a telephone scroll by themselves; while they do, the keyboard must reach them.

const follow = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

for (const wide of document.querySelectorAll(".sl-markdown-content > :is(table, math)")) follow.observe(wide);
