// Entry of the staff pages' script: htmx and our small elements. Every page works without it.
import "htmx.org/dist/htmx.esm.js";
import { CommandPalette } from "./command-palette.js";
import { CopyText } from "./copy-text.js";
import { DraftBox } from "./draft-box.js";
import { KeyShortcuts } from "./key-shortcuts.js";
import { NewItemsBar } from "./new-items-bar.js";
import { PresencePing } from "./presence-ping.js";
import { ReplyComposer } from "./reply-composer.js";
import { TemplateEditor } from "./template-editor.js";
import { UndoSend } from "./undo-send.js";
import { start_pages } from "./pages.js";

start_pages();
const elements = {
  "command-palette": CommandPalette,
  "copy-text": CopyText,
  "draft-box": DraftBox,
  "key-shortcuts": KeyShortcuts,
  "new-items-bar": NewItemsBar,
  "presence-ping": PresencePing,
  "reply-composer": ReplyComposer,
  "template-editor": TemplateEditor,
  "undo-send": UndoSend,
};
for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
