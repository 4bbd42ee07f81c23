/** Unit tests only: no engine, no network, no build. The e2e suites have their own configuration in e2e/. */
module.exports = {
  rootDir: __dirname,
  testMatch: [
    '<rootDir>/packages/**/*.spec.ts',
    '<rootDir>/generators/**/*.spec.ts',
    '<rootDir>/executors/**/*.spec.ts',
    '<rootDir>/tools/**/*.spec.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/fixtures?/', '/golden/'],
  modulePathIgnorePatterns: ['/dist/', '/fixtures?/', '/golden/'],
  // jest runs no ES modules; secretlint and its profiler are nothing else.
  transform: { '^.+\\.ts$': ['@swc/jest'], '/node_modules/@secretlint/.+\\.js$': ['@swc/jest'] },
  transformIgnorePatterns: ['/node_modules/(?!@secretlint/)'],
  testEnvironment: 'node',
};
