export { copyTemplateDatabase, type TestDatabase, type TestDatabaseOptions } from './testing/copy-template-database.js';
