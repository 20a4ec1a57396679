//! What accounts, rooms and messages say of themselves.

super::texts! {
    ask_passphrase() "Passphrase: " "Senha: ";
    ask_new_passphrase() "New passphrase: " "Nova senha: ";
    ask_again() "Again: " "Repita: ";
    account() "account" "conta";
    device() "device" "dispositivo";
    handle() "handle" "nome";
    relay() "relay" "relay";
    data() "data" "dados";
    key() "key" "chave";
    key_in_keyring() "in the system's keyring" "no chaveiro do sistema";
    key_in_file(path) "in {path}" "em {path}";
    key_from_passphrase() "from a passphrase" "de uma senha";
    account_made(handle) "account @{handle} is ready" "a conta @{handle} está pronta";
    this_device() "this device" "este dispositivo";
    not_approved() "waits to be approved" "aguarda aprovação";
    approve_there(device)
        "on a device this account has, run: lacre account devices approve {device}"
        "em um dispositivo desta conta, execute: lacre account devices approve {device}";
    device_in() "this device was let in" "este dispositivo foi aceito";
    device_approved(device) "device {device} was let in" "o dispositivo {device} foi aceito";
    queued_for_later()
        "queued: the relay is not reachable; it goes out with the next command that reaches it"
        "na fila: o relay não está acessível; será enviada com o próximo comando que o alcançar";
    queued() "queued" "na fila";
    sent() "sent" "enviada";
    online() "connected" "conectado";
    offline() "not connected; trying again" "sem conexão; tentando de novo";
    room_added(room) "you are now in {room}" "você agora está em {room}";
    room_changed(room) "{room} has changed" "{room} mudou";
    room_left(room) "you left {room}" "você saiu de {room}";
    room_removed(room) "you were removed from {room}" "você foi removido de {room}";
    room_banned(room) "you were banned from {room}" "você foi banido de {room}";
    room_stopped(room, error) "{room} stopped: {error}" "{room} parou: {error}";
    joined(person, room) "{person} joined {room}" "{person} entrou em {room}";
    left(person, room) "{person} left {room}" "{person} saiu de {room}";
    asks_approval(name, device)
        "the device “{name}” ({device}) asks to be let in; if it is yours: lacre account devices approve {device}"
        "o dispositivo “{name}” ({device}) pede para entrar; se é seu: lacre account devices approve {device}";
    lagged(missed)
        "{missed} events were dropped because output was too slow; see `lacre history`"
        "{missed} eventos foram descartados porque a saída estava lenta; veja `lacre history`";
    event_error(code, message) "{message} ({code})" "{message} ({code})";
    edited() "edited" "editada";
    somebody() "somebody" "alguém";
    unnamed() "(without a name)" "(sem nome)";
    no_rooms() "no rooms yet; lacre rooms create NAME @PEOPLE…" "nenhuma sala ainda; lacre rooms create NOME @PESSOAS…";
    no_messages() "no messages on this device" "nenhuma mensagem neste dispositivo";
    nothing_found() "nothing found on this device" "nada encontrado neste dispositivo";
    room() "room" "sala";
    id() "id" "id";
    kind() "kind" "tipo";
    people() "people" "pessoas";
    state() "state" "estado";
    direct() "direct" "direta";
    group() "group" "grupo";
    space() "space" "espaço";
    owner() "owner" "dono";
    member() "member" "membro";
    in_it() "in it" "dentro";
    stopped() "stopped" "parada";
    not_in_it() "left or removed" "saiu ou foi removido";
    people_count(count) "{count} people" "{count} pessoas";
    room_made(room) "created {room}" "{room} foi criada";
    people_added(room) "added to {room}" "adicionados a {room}";
    left_room(room) "left {room}" "saída de {room}";
    leaving(room)
        "you asked to leave {room}; it is done as soon as another member is connected"
        "você pediu para sair de {room}; acontece assim que outro membro se conectar";
    joined_room(room) "joined {room}" "entrada em {room}";
    opened(room, id)
        "{room} is open; others join with: lacre rooms join {id}"
        "{room} está aberta; outros entram com: lacre rooms join {id}";
    none_listed()
        "no room is listed on this relay; make one with: lacre rooms create NAME --listed"
        "nenhuma sala está listada neste relay; crie uma com: lacre rooms create NOME --listed";
    by_invitation() "by invitation" "por convite";
    listed() "listed as" "listada como";
    closed(room) "{room} is closed: people come in by invitation" "{room} está fechada: só se entra por convite";
}
