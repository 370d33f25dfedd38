// The drawer of the tablet: entries that are not yet with the hub, in IndexedDB, so that no reload loses one.
const NAME = "comptoir-counter", TABLE = "entries", VERSION = 1;

function open_drawer() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** One transaction; resolved when it is on the disk. */
async function act(mode, work) {
  const drawer = await open_drawer();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = drawer.transaction(TABLE, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    drawer.close();
  }
}

export const put_entry = (entry) => act("readwrite", (table) => table.put(entry));
export const drop_entry = (key) => act("readwrite", (table) => table.delete(key));
export const find_entry = (key) => act("readonly", (table) => table.get(key));

/** Oldest first. */
export async function list_entries() {
  const found = await act("readonly", (table) => table.getAll());
  return found.sort((one, other) => one.noted_at - other.noted_at);
}
