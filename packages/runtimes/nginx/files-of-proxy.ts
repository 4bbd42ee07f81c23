/** nginx's configuration, rendered; edits are merged. Relative to the project. */
export const mainFile = 'nginx/nginx.conf';
/** One server for each public host name, rendered. */
export const serversFile = 'nginx/servers.conf';
/** The user's own directives for the `http` block; written once. */
export const extraFile = 'nginx/extra.conf';
