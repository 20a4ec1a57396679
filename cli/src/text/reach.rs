//! What `lacre doctor` says of an account and its way to the relay.

super::texts! {
    data() "data folder" "pasta de dados";
    unlocked() "folder and key are there, the store opens" "pasta e chave existem, o armazenamento abre";
    name() "relay's name" "nome do relay";
    udp() "UDP" "UDP";
    tcp() "TCP" "TCP";
    answers(ms) "answers in {ms} ms" "responde em {ms} ms";
    fingerprint() "fingerprint" "impressão digital";
    matches() "it is the relay of the address" "é o relay do endereço";
    login() "login" "entrada";
    logged_in(handle) "the relay lets @{handle} in" "o relay deixa @{handle} entrar";
    no_login()
        "the relay did not let this device in, in time"
        "o relay não deixou este aparelho entrar a tempo";
    clock() "clock" "relógio";
    ahead(ms) "{ms} ms ahead of the relay's" "{ms} ms adiante do relay";
    path() "path" "caminho";
    quic() "QUIC, the first choice" "QUIC, a primeira escolha";
    websocket_because(code)
        "WebSocket, because UDP does not get through ({code})"
        "WebSocket, porque UDP não passa ({code})";
    websocket_remembered()
        "WebSocket: UDP was slower, or did not get through from this network; it is tried again within ten minutes"
        "WebSocket: UDP demorou ou não passou nesta rede; nova tentativa em até dez minutos";
    found() "something stands between this account and its relay" "há algo entre esta conta e o relay";
}
