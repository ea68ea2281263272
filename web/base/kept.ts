// Keeps larger things on the device (photos, letters waiting to be sent) in IndexedDB. Hides: the database,
// its opening, its refusal (private windows): then everything lives as long as the page.
// Values must be structured-cloneable; photos are kept as ArrayBuffer, since old Safari loses Blobs.

const database_name = "mashang";
const shelf = "kept";
const in_page = new Map<string, unknown>();
let opened: Promise<IDBDatabase | null> | undefined;

export async function keep(name: string, value: unknown): Promise<void> {
  in_page.set(name, value);
  await with_shelf("readwrite", (store) => store.put(value, name));
}

export async function kept<Value>(name: string): Promise<Value | undefined> {
  if (in_page.has(name)) return in_page.get(name) as Value;
  return (await with_shelf("readonly", (store) => store.get(name))) as Value | undefined;
}

export async function drop(name: string): Promise<void> {
  in_page.delete(name);
  await with_shelf("readwrite", (store) => store.delete(name));
}

/** The names kept that begin with `prefix`, in order. */
export async function kept_names(prefix: string): Promise<string[]> {
  const stored = ((await with_shelf("readonly", (store) => store.getAllKeys())) ?? []) as IDBValidKey[];
  const names = new Set([...stored.map(String), ...in_page.keys()]);
  return [...names].filter((name) => name.startsWith(prefix)).sort();
}

function open_database(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(database_name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(shelf);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
      // Some in-app browsers never answer: the page must not wait for them.
      setTimeout(() => resolve(null), 1000);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

async function with_shelf(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await open_database();
  if (!database) return undefined;
  return new Promise((resolve) => {
    try {
      const transaction = database.transaction(shelf, mode);
      const request = act(transaction.objectStore(shelf));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => resolve(undefined);
      transaction.onabort = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}
