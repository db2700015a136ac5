import { InMemoryStorage } from './in-memory-storage.js';
import { describeStorage } from './testing/describe-storage.js';

describeStorage('InMemoryStorage', async () => ({ storage: new InMemoryStorage() }));
