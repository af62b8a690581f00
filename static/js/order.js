// Lists whose rows are dragged into order: <ol data-order> with <li data-move="address">. Buttons do the same without scripts.
import Sortable from "../vendor/sortable/sortable.esm.js";

for (const list of document.querySelectorAll("[data-order]")) {
  list.toggleAttribute("data-order-live", true);
  Sortable.create(list, {
    handle: "[data-grip]",
    animation: 120,
    onEnd({ item, oldIndex, newIndex }) {
      if (oldIndex === newIndex) return;
      const form = document.createElement("form");
      form.method = "post";
      form.action = item.dataset.move;
      form.hidden = true;
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      for (const [name, value] of [["csrfmiddlewaretoken", token], ["to", newIndex]]) {
        const field = document.createElement("input");
        field.name = name;
        field.value = value;
        form.append(field);
      }
      document.body.append(form);
      form.submit();
    },
  });
}
