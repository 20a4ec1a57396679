//! The layer under SQLite: everything is passed to the system's own, and noted once it has succeeded.

#![allow(
    unsafe_code,
    reason = "a sqlite3_vfs is a table of C functions over raw memory"
)]

use crate::record::{self, FileId};
use lacre_sqlite as _;
use libsqlite3_sys as ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::PathBuf;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, Ordering};

/// An open file of ours; the memory behind it is the system's own open file.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// The file's number plus one; 0 when nobody records it.
    noted: usize,
}

static REAL: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

unsafe extern "C" {
    /// SQLite3 Multiple Ciphers: puts the ciphers above a file system layer.
    fn sqlite3mc_vfs_create(real: *const c_char, make_default: c_int) -> c_int;
}

/// Puts the layer under every database that this process opens from now on. To be called before the
/// first; more calls do nothing.
///
/// # Panics
/// When SQLite does not take it.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the tables live for ever, and SQLite copies nothing but pointers to them.
        let refused = unsafe { register() };
        assert_eq!(refused, ffi::SQLITE_OK, "SQLite refuses the layer");
    });
}

unsafe fn register() -> c_int {
    const NAME: &CStr = c"powercut";
    unsafe {
        let started = ffi::sqlite3_initialize();
        if started != ffi::SQLITE_OK {
            return started;
        }
        let real = ffi::sqlite3_vfs_find(c"unix".as_ptr());
        if real.is_null() {
            return ffi::SQLITE_NOTFOUND;
        }
        REAL.store(real, Ordering::SeqCst);
        let mut ours = *real;
        ours.pNext = ptr::null_mut();
        ours.zName = NAME.as_ptr();
        ours.szOsFile += c_int::try_from(size_of::<File>()).unwrap_or(c_int::MAX);
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        let registered = ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 0);
        if registered != ffi::SQLITE_OK {
            return registered;
        }
        sqlite3mc_vfs_create(NAME.as_ptr(), 1)
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Two: without memory-mapped reading, which would pass us by.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The system's open file behind ours.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    unsafe { file.cast::<u8>().add(size_of::<File>()).cast() }
}

unsafe fn noted(file: *mut ffi::sqlite3_file) -> Option<FileId> {
    unsafe { (*file.cast::<File>()).noted.checked_sub(1) }
}

unsafe fn path(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    let text = unsafe { CStr::from_ptr(name) };
    Some(PathBuf::from(text.to_str().ok()?))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe {
        let vfs = REAL.load(Ordering::SeqCst);
        let under = real(file);
        let ours = file.cast::<File>();
        (*ours).base.pMethods = ptr::null();
        (*ours).noted = 0;
        (*under).pMethods = ptr::null();
        let path = path(name);
        let existed = path.as_ref().is_some_and(|path| path.exists());
        let Some(open) = (*vfs).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let opened = open(vfs, name, under, flags, out);
        if !(*under).pMethods.is_null() {
            (*ours).base.pMethods = &METHODS;
        }
        if opened == ffi::SQLITE_OK
            && let Some(path) = path
        {
            let journal = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
            let file = record::opened(&path, journal, existed);
            (*ours).noted = file.map_or(0, |file| file + 1);
        }
        opened
    }
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    unsafe {
        let vfs = REAL.load(Ordering::SeqCst);
        let Some(delete) = (*vfs).xDelete else {
            return ffi::SQLITE_IOERR_DELETE;
        };
        let deleted = delete(vfs, name, sync_folder);
        if deleted == ffi::SQLITE_OK
            && let Some(path) = path(name)
            && !record::deleted(&path, sync_folder != 0)
        {
            return ffi::SQLITE_IOERR_DELETE;
        }
        deleted
    }
}

/// Calls the system's own method; one that is missing fails.
macro_rules! pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        let under = real($file);
        match (*(*under).pMethods).$method {
            Some(method) => method(under $(, $argument)*),
            None => ffi::SQLITE_IOERR,
        }
    }};
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    unsafe {
        if noted(file).is_some_and(record::is_dark) {
            return ffi::SQLITE_IOERR_WRITE;
        }
        let wrote = pass!(file, xWrite, from, count, at);
        if wrote == ffi::SQLITE_OK
            && let Some(noted) = noted(file)
            && let (Ok(count), Ok(at)) = (usize::try_from(count), usize::try_from(at))
        {
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), count);
            record::wrote(noted, at, bytes.to_vec());
        }
        wrote
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    unsafe {
        if noted(file).is_some_and(record::is_dark) {
            return ffi::SQLITE_IOERR_TRUNCATE;
        }
        let truncated = pass!(file, xTruncate, size);
        if truncated == ffi::SQLITE_OK
            && let Some(noted) = noted(file)
            && let Ok(size) = usize::try_from(size)
        {
            record::truncated(noted, size);
        }
        truncated
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    unsafe {
        if noted(file).is_some_and(record::is_dark) {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        // What others write from here on, this fsync need not have seen.
        let from = record::position();
        let synced = pass!(file, xSync, flags);
        if synced == ffi::SQLITE_OK
            && let Some(noted) = noted(file)
            && !record::synced(noted, from)
        {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        synced
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe { pass!(file, xClose) }
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    unsafe { pass!(file, xRead, to, count, at) }
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    unsafe { pass!(file, xFileSize, size) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    unsafe { pass!(file, xLock, level) }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    unsafe { pass!(file, xUnlock, level) }
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { pass!(file, xCheckReservedLock, out) }
}

unsafe extern "C" fn file_control(
    file: *mut ffi::sqlite3_file,
    what: c_int,
    argument: *mut c_void,
) -> c_int {
    unsafe { pass!(file, xFileControl, what, argument) }
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe { pass!(file, xSectorSize) }
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe { pass!(file, xDeviceCharacteristics) }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    unsafe { pass!(file, xShmMap, region, size, extend, out) }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    unsafe { pass!(file, xShmLock, offset, count, flags) }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    unsafe {
        let under = real(file);
        if let Some(barrier) = (*(*under).pMethods).xShmBarrier {
            barrier(under);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    unsafe { pass!(file, xShmUnmap, delete) }
}
