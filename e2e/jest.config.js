/** e2e: the packed plugin in fresh workspaces, driven only through nx, with a real engine. One suite at a time: they share it. */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/**/*.e2e.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  testEnvironment: 'node',
  maxWorkers: 1,
  testTimeout: 600_000,
  globalSetup: '<rootDir>/pack.ts',
};
