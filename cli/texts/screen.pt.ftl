
# A tela da conversa

chat-connecting = conectando
chat-online = conectado
chat-offline = sem conexão
chat-unsent = { $count } a enviar
chat-all-read = nada por ler
chat-sure = Tem certeza?
chat-sure-delete = Apagar esta mensagem para todos?
chat-yes-no = s sim · n não
chat-quit-again = Ctrl-C de novo para sair
chat-mouse-on = o mouse rola a tela; F3 o devolve ao terminal
chat-mouse-off = o mouse seleciona texto
chat-read-only = não dá para escrever aqui
chat-copied = copiado
chat-no-editor = o editor falhou: { $why }
chat-too-small = pequeno demais: ao menos { $width }×{ $height }
chat-today = Hoje
chat-yesterday = Ontem
chat-new = novas
chat-below = mais abaixo
chat-below-new = { $count ->
    [one] { $count } mensagem nova
   *[other] { $count } mensagens novas
}
chat-no-messages = Ainda não há mensagens aqui.
chat-no-rooms = Você ainda não está em nenhuma sala. Quem souber o seu nome pode incluir você ou lhe escrever.
chat-direct = Diretas
chat-unnamed = (sem nome)
chat-stopped = parada
chat-not-in = você não está mais nela
chat-people = { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
chat-here = { $count } aqui
chat-available = aqui
chat-away = ausente
chat-busy = não perturbe
chat-typing-one = { $name } está escrevendo…
chat-typing-two = { $name } e { $other } estão escrevendo…
chat-typing-many = { $count } pessoas estão escrevendo…
chat-you = você
chat-owner = dono
chat-quote-older = uma mensagem mais antiga
chat-edited = editada
chat-deleted = apagada
chat-unreadable = não pode ser lida: { $why }
chat-unsupported = de uma versão mais nova: { $what }
chat-gone = o relay não a guarda mais
chat-state-queued = espera neste dispositivo
chat-state-sent = no relay
chat-state-failed = recusada
chat-replying = Resposta a { $name }:
chat-editing = Editando sua mensagem
chat-answer = Resposta
chat-jump = Ir para
chat-jump-none = nenhuma sala ou pessoa combina
chat-react = Reagir
chat-react-none = nenhum emoji combina
chat-search-room = Buscar em { $room }
chat-search = Buscar em tudo
chat-search-none = nada encontrado
chat-too-far = essa mensagem está longe demais para mostrar aqui
chat-help = Teclas
chat-info = Mensagem
chat-info-from = De
chat-info-at = Quando
chat-info-state = Estado
chat-info-id = Id

chat-hint-close = fechar
chat-hint-reply = responder
chat-hint-react = reagir
chat-hint-edit = editar
chat-hint-delete = apagar
chat-hint-copy = copiar
chat-hint-unread = não lida
chat-hint-info = detalhes
chat-hint-back = voltar
chat-hint-help = ajuda
chat-hint-jump = ir para
chat-hint-select = selecionar

chat-keys-write = Escrever
chat-key-send = enviar
chat-key-newline = nova linha
chat-key-complete = completar /comando @nome #sala :emoji
chat-key-editor = escrever no seu editor
chat-key-esc = voltar, até a mensagem mais nova
chat-keys-rooms = Salas
chat-key-jump = ir a uma sala ou pessoa
chat-key-unread = próxima não lida, menções antes
chat-key-number = sala pela posição
chat-key-beside = sala anterior, seguinte
chat-key-search = buscar na sala, em tudo
chat-key-members = pessoas da sala
chat-keys-messages = Mensagens
chat-key-page = uma tela acima, abaixo
chat-key-row = uma linha acima, abaixo
chat-key-end = mensagem mais nova
chat-key-select = selecionar uma mensagem; depois
chat-key-reply = responder
chat-key-react = reagir
chat-key-edit = editar (própria)
chat-key-delete = apagar (própria)
chat-key-copy = copiar
chat-key-keep = não lida daqui em diante
chat-key-info = detalhes
chat-keys-program = Programa
chat-key-help = estas teclas
chat-key-mouse = mouse rola ou seleciona texto
chat-key-quit = sair
