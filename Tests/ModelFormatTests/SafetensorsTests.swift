// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

@Suite struct SafetensorsTests {
  /// A container of this header and `dataCount` bytes of data.
  private func container(_ header: String, dataCount: Int) -> [UInt8] {
    let length = header.utf8.count
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 1, count: dataCount)
  }

  @Test func `a container of another writer is read`() throws {
    let file = try Safetensors(
      container(
        #"{"__metadata__":{"a":"b"},"t":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}  "#,
        dataCount: 6))
    #expect(file.metadata == ["a": "b"])
    #expect(file.entries["t"]?.shape == [2, 3])
  }

  @Test(arguments: [
    #"{"t":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}"#,
    #"{"t":{"dtype":"U8","shape":[5],"data_offsets":[0,6]}}"#,
    #"{"t":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#,
    #"{"t":{"dtype":"U8","shape":[5],"data_offsets":[1,6]}}"#,
    #"{"t":{"dtype":"U8","shape":[-6],"data_offsets":[0,6]}}"#,
    #"{"t":{"dtype":"U8","shape":[6],"data_offsets":[6,0]}}"#,
    #"{"t":{"dtype":"U8","shape":[6],"data_offsets":[-1,5]}}"#,
    #"{"t":{"dtype":"F99","shape":[6],"data_offsets":[0,6]}}"#,
    #"{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,6]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
    #"{"t":[1,2]}"#, #"[]"#, #"{"t":{"dtype":"U8"}}"#, "", "\u{1}", #"{"t":"#,
  ])
  func `a header that does not fit is refused`(header: String) {
    #expect(throws: ModelFormatError.self) {
      try Safetensors(container(header, dataCount: 6))
    }
  }

  @Test func `a header length past the end is refused`() {
    #expect(throws: ModelFormatError.self) {
      try Safetensors([255, 255, 255, 255, 255, 255, 255, 127, 123, 125])
    }
    #expect(throws: ModelFormatError.truncated(field: "header", expected: 18, found: 10)) {
      try Safetensors([10, 0, 0, 0, 0, 0, 0, 0, 123, 125])
    }
  }
}
