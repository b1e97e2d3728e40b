/** The database every test database is a copy of. */
export const templateName = 'pgque_template';
