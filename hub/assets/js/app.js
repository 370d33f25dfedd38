// Entry of the staff pages' script: htmx and our small elements. Every page works without it.
import "htmx.org/dist/htmx.esm.js";
import { AlertSwitch } from "./alert-switch.js";
import { BulkPicker } from "./bulk-picker.js";
import { CallPop } from "./call-pop.js";
import { CommandPalette } from "./command-palette.js";
import { CopyText } from "./copy-text.js";
import { DraftBox } from "./draft-box.js";
import { KeyShortcuts } from "./key-shortcuts.js";
import { Desk, start_live } from "./live.js";
import { MentionPicker } from "./mention-picker.js";
import { NewItemsBar } from "./new-items-bar.js";
import { PresencePing } from "./presence-ping.js";
import { ReplyComposer } from "./reply-composer.js";
import { TemplateEditor } from "./template-editor.js";
import { ThreadWatch } from "./thread-watch.js";
import { AttachFiles, PrintPage, TagField } from "./ticket-acts.js";
import { UndoSend } from "./undo-send.js";
import { WordSuggestions } from "./word-suggestions.js";
import { start_pages } from "./pages.js";

start_pages();
const elements = {
  "alert-switch": AlertSwitch,
  "bulk-picker": BulkPicker,
  "attach-files": AttachFiles,
  "call-pop": CallPop,
  "command-palette": CommandPalette,
  "copy-text": CopyText,
  "draft-box": DraftBox,
  "key-shortcuts": KeyShortcuts,
  "mention-picker": MentionPicker,
  "new-items-bar": NewItemsBar,
  "presence-ping": PresencePing,
  "print-page": PrintPage,
  "reply-composer": ReplyComposer,
  "tag-field": TagField,
  "template-editor": TemplateEditor,
  "thread-watch": ThreadWatch,
  "undo-send": UndoSend,
  "word-suggestions": WordSuggestions,
};
for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
if (document.body.dataset.desk) start_live(new Desk(document.body.dataset));
