/** Folder of the project that owns what all services share. */
export const stackRoot = 'infrastructure';
