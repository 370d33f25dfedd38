// Entry of the staff pages' script: htmx and our small elements. Every page works without it.
import "htmx.org/dist/htmx.esm.js";
