// JavaScript, with the handlers as its default export.
import { defineHandlers } from '@pgque/coop-pool/handlers';

// biome-ignore lint/style/noDefaultExport: what is tested here
export default defineHandlers({ '*': () => 'plain' });
