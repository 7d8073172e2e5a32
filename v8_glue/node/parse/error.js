// error: what is wrong with C text, and where. Internal to the package.
'use strict';

// A SyntaxError whose message begins with line and column (from 1) and ends with the line itself.
class CSyntaxError extends SyntaxError {
  constructor(source, offset, message) {
    const before = source.slice(0, offset).split('\n');
    const line = before.length;
    const column = before[line - 1].length + 1;
    const text = source.split('\n')[line - 1].replaceAll('\t', ' ').trimEnd();
    super(`line ${line}, column ${column}: ${message}\n  ${text}\n  ${' '.repeat(column - 1)}^`);
    this.line = line;
    this.column = column;
  }
}
Object.defineProperty(CSyntaxError.prototype, 'name', { value: 'SyntaxError' });

module.exports = { CSyntaxError };
