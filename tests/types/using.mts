// using: libraries and callbacks end with their block.

import { dlopen, UnsafeCallback } from 'springboard-ffi';

{
  using library = dlopen('libexample.so', { f: { parameters: [], result: 'void' } });
  using callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  const disposable: Disposable[] = [library, callback];
  disposable.pop();
}
