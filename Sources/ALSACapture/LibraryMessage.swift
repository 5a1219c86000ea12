// SPDX-License-Identifier: GPL-3.0-or-later

import CALSA
import Glibc
import Synchronization

/// The last text that the sound library wanted to print to standard error.
///
/// A service's log is not the library's: where it fails, an error with a code says so. Its text
/// sometimes knows more, and the doctor shows it.
enum LibraryMessage {
  private static let last = Mutex("")

  /// From now on the calling thread's messages are kept instead of printed; forgets the last one.
  static func keep() {
    last.withLock { $0 = "" }
    _ = unsafe snd_lib_error_set_local(handler)
  }

  /// The last message since `keep`, or an empty text.
  static var text: String { last.withLock { $0 } }

  private static let handler: snd_local_error_handler_t = {
    (_, _, _, code, format, arguments) in
    guard let format = unsafe format, let arguments = unsafe arguments else { return }
    var bytes = [CChar](repeating: 0, count: 512)
    unsafe vsnprintf(&bytes, bytes.count, format, arguments)
    let line = bytes.prefix { $0 != 0 && $0 != 10 }
    var text = String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self)
    if code != 0 { text += unsafe ": \(String(cString: snd_strerror(code)))" }
    last.withLock { $0 = text }
  }
}
