/** What `#files` exports, the package's way to a file system: `node.ts` has one, in browsers `browser.ts` refuses. */
export interface Files {
  /**
   * The content of a file.
   *
   * @throws DblossError `data`, or of the given code, where there is no such file, where it cannot be read, and where it is larger than
   * {@link LARGEST_FILE}.
   */
  readFile(path: string, code?: 'model' | 'data'): Promise<Uint8Array>
  /**
   * Opens a model for reading.
   *
   * @throws DblossError `model` where there is no such file, where it cannot be read, and where it is larger than
   * {@link LARGEST_FILE}.
   */
  openModel(path: string): Promise<OpenFile>
  /**
   * Opens a file for reading by its path relative to the folder that `path` lies in.
   *
   * @throws DblossError `model` where there is no such file, and where links lead out of the folder.
   */
  openBeside(path: string, location: string): Promise<OpenFile>
  /** The path of a file in the folder that `path` lies in. */
  beside(path: string, name: string): string
  exists(path: string): Promise<boolean>
  /**
   * Writes a file as a whole: under a temporary name in the same folder, which then takes the place of `path`. After an
   * error nothing of it is left; what a killed process has left is removed by the next write.
   *
   * @throws DblossError `output`, naming the path and the reason.
   */
  writeFileAtomic(path: string, chunks: readonly Uint8Array[]): Promise<void>
  /** Removes what killed processes have left of files that they wrote by `writeFileAtomic` into a folder. */
  removeUnfinished(folder: string): Promise<void>
  /** Removes a file, if it exists. */
  removeFile(path: string): Promise<void>
}

/** A file that is open for reading. */
export interface OpenFile {
  /** The folder and the name of the file itself, when it was opened by a link too. */
  readonly folder: string
  readonly name: string
  /** In bytes. */
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
  /** Whether its path still leads to it and nothing has been written to it since it was opened. */
  isInPlace(): Promise<boolean>
  close(): Promise<void>
}

/** 2 GiB: as much as protobuf takes, and with it a session that is made from bytes. */
export const LARGEST_FILE: number = 2 ** 31 - 1
